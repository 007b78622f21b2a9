package org.lockex.simulation;

import java.util.ArrayList;
import java.util.List;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.lockex.gateway.lease.LeaseOutcome;
import org.lockex.gateway.lease.LeaseRequest;

/** What happens, in a line. */
final class TraceWords {
  private TraceWords() {}

  static String of(Transaction transaction) {
    List<String> words = new ArrayList<>();
    String session = Long.toHexString(transaction.session());
    words.add("commits " + Long.toHexString(transaction.zxid()) + " of session " + session + ":");
    switch (transaction.kind()) {
      case SESSION_BEGINS -> words.add("it begins");
      case SESSION_ENDS -> words.add("it ends");
      case WRITE -> {
        if (transaction.code() != Code.OK) {
          words.add(transaction.code().toString());
        }
      }
    }
    for (Tree.Change change : transaction.changes()) {
      if (change.event() != EventType.None) {
        String done =
            switch (change.event()) {
              case NodeCreated ->
                  change.node() != null && change.node().owner() != 0 ? "waiter +" : "+";
              case NodeDeleted -> "-";
              default -> "=";
            };
        words.add(done + shortened(change.path()));
      }
    }
    return String.join(" ", words);
  }

  /** Of the names of contenders only their beginning and their number. */
  private static String shortened(String path) {
    return path.replaceAll("_c_(.{6}).{30}", "$1");
  }

  /** Whether a line is about that lock, or about what befalls hosts and connections. */
  static boolean isAbout(String line, String lock) {
    return line.contains(lock) || (!line.contains("/lockex/job") && !line.endsWith("NODEEXISTS"));
  }

  static String of(LeaseRequest wanted) {
    return wanted.lock().value()
        + (wanted.size() > 1 ? " (of " + wanted.size() + ")" : "")
        + ", waits "
        + wanted.waitTime().toMillis()
        + " ms, for "
        + wanted.lifetime().toMillis()
        + " ms"
        + (wanted.grace().isZero() ? "" : ", to be claimed");
  }

  static String of(LeaseOutcome outcome) {
    return outcome instanceof LeaseOutcome.Granted granted
        ? "granted to "
            + Witness.shown(granted.lease().uid())
            + ", token "
            + granted.lease().token()
        : outcome.getClass().getSimpleName();
  }
}
