package org.lockex.inspect;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.Stat;
import org.lockex.ExitCode;
import org.lockex.cli.Stderr;
import org.lockex.cli.Terminals;
import org.lockex.cli.lockexctl.LockexctlAction;
import org.lockex.inspect.text.Output;
import org.lockex.inspect.text.Table;
import org.lockex.lock.session.LockException;
import org.lockex.znode.BreakRequest;
import org.lockex.znode.Contender;
import org.lockex.znode.LockId;

/**
 * {@code lockexctl break}: asks holders to end and waits until they have; or takes the lock away.
 */
record BreakLock(EnsembleAccess servers, InputStream in, Output out, Stderr stderr, boolean json) {

  int run(LockexctlAction.Break wanted) throws LockException, InterruptedException, IOException {
    LockId id = wanted.id();
    long start = System.nanoTime();
    Changes changes = Changes.of(servers, tree -> tree.path(id));
    LockState lock = changes.tree().read(id);
    Instant now = changes.tree().clock().now();
    Optional<String> hindrance = hindrance(lock, wanted, now);
    if (hindrance.isPresent()) {
      return stderr.fail(Task.NOT_THERE, "break on lock " + lock.path() + ": " + hindrance.get());
    }
    List<Participant> hit = hit(lock, wanted, now);
    if (!json) {
      out.text(ShowLock.participants(hit, List.of(), now));
      out.flush();
    }
    if (!wanted.sure() && !Terminals.isTerminal(0)) {
      return stderr.fail(
          ExitCode.USAGE.code(),
          "break on lock " + lock.path() + ": there is no terminal to ask on: give --yes");
    }
    if (!wanted.sure() && !agreed(wanted.force())) {
      return stderr.fail(Task.NOT_THERE, "break on lock " + lock.path() + ": left as it is");
    }
    return wanted.force()
        ? take(changes.tree(), hit)
        : ask(changes, hit, wanted.timeout().map(most -> start + most.toNanos()));
  }

  /** Those who are meant; what is over can only be taken away. */
  private static List<Participant> hit(LockState lock, LockexctlAction.Break wanted, Instant now) {
    List<Participant> all = lock.holders();
    return (wanted.holder() == 0 ? all : List.of(all.get(wanted.holder() - 1)))
        .stream().filter(one -> wanted.force() || !one.isOver(now)).toList();
  }

  private static Optional<String> hindrance(
      LockState lock, LockexctlAction.Break wanted, Instant now) {
    if (!lock.isKnown()) {
      return Optional.of("there is no such lock");
    }
    if (lock.forbidden()) {
      return Optional.of("ZooKeeper does not authorise us to see who holds it");
    }
    if (lock.holders().isEmpty()) {
      return Optional.of("nobody holds it");
    }
    if (wanted.holder() > lock.holders().size()) {
      return Optional.of("it has no holder number " + wanted.holder());
    }
    List<Participant> hit = hit(lock, wanted, now);
    if (hit.isEmpty()) {
      return Optional.of("nobody holds it any more, and the next one takes away what is over");
    }
    Optional<Participant> grant = hit.stream().filter(Participant::isGrant).findFirst();
    if (grant.isEmpty() || wanted.force()) {
      return Optional.empty();
    }
    return Optional.of(
        grant
            .flatMap(Participant::handle)
            .map(handle ->
                "it is held for maintenance, and nobody is there to be asked: lockexctl release "
                    + handle
                    + ", or give --force")
            .orElse("a client of lockexd holds it, which cannot be asked: give --force"));
  }

  private boolean agreed(boolean force) throws IOException {
    out.text(force ? "Take the lock away from them? [y/N] " : "Ask them to end? [y/N] ");
    out.flush();
    String answer =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).readLine();
    return answer != null && answer.strip().toLowerCase(java.util.Locale.ROOT).startsWith("y");
  }

  private int take(LockReader tree, List<Participant> hit)
      throws LockException, InterruptedException, IOException {
    for (Participant holder : hit) {
      try {
        tree.client().delete(holder.path(), -1);
        tell(holder, "its node is deleted");
      } catch (KeeperException.NoNodeException e) {
        tell(holder, "has released it");
      } catch (KeeperException e) {
        throw LockException.of("cannot delete", holder.path(), e);
      }
    }
    return 0;
  }

  private int ask(Changes changes, List<Participant> hit, Optional<Long> end)
      throws LockException, InterruptedException, IOException {
    Contender self = EnsembleAccess.self(servers.connection());
    BreakRequest request =
        new BreakRequest(
            self.user() + " on " + self.host() + " (pid " + self.pid() + ")",
            changes.tree().clock().now());
    List<Participant> left = new ArrayList<>(hit);
    while (true) {
      for (Participant holder : List.copyOf(left)) {
        if (!isAsked(changes.tree(), holder, request)) {
          left.remove(holder);
          tell(holder, "has released it");
        }
      }
      if (left.isEmpty()) {
        return 0;
      }
      Optional<Long> nanos = end.map(at -> at - System.nanoTime());
      if (nanos.isPresent() && nanos.get() <= 0) {
        return stderr.fail(
            ExitCode.BUSY.code(),
            "break on holder "
                + left.getFirst().place()
                + ": it has not released the lock in time");
      }
      changes.await(nanos);
    }
  }

  /** Makes sure that the request is there; a holder may write its own data over it once. */
  private static boolean isAsked(LockReader tree, Participant holder, BreakRequest request)
      throws LockException, InterruptedException {
    while (true) {
      try {
        Stat stat = new Stat();
        byte[] data = tree.client().getData(holder.path(), false, stat);
        byte[] known = data == null ? new byte[0] : data;
        if (BreakRequest.in(known).isEmpty()) {
          tree.client().setData(holder.path(), request.addedTo(known), stat.getVersion());
        }
        return true;
      } catch (KeeperException.NoNodeException e) {
        return false;
      } catch (KeeperException.BadVersionException e) {
        // Written in between: read again.
      } catch (KeeperException e) {
        throw LockException.of("cannot ask", holder.path(), e);
      }
    }
  }

  private void tell(Participant holder, String what) throws IOException {
    if (json) {
      out.line(JsonLine.of(holder).text("event", what).toString());
    } else {
      out.line(Table.printable(Words.who(holder)) + ": " + what);
    }
    out.flush();
  }
}
