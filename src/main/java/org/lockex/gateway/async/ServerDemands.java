package org.lockex.gateway.async;

import java.util.function.BiConsumer;
import org.apache.zookeeper.KeeperException.Code;
import org.lockex.ExitCode;

/**
 * Servers that will never do for lockexd, however long it waits.
 *
 * @param servers for the words
 * @param useless told in one line why, and what to exit with
 */
record ServerDemands(String servers, BiConsumer<ExitCode, String> useless) {
  /** The answer to the first request of a session, or to the watch on all locks. */
  void judge(int rc) {
    if (rc == Code.SESSIONCLOSEDREQUIRESASLAUTH.intValue()) {
      useless.accept(
          ExitCode.NOT_AUTHORISED,
          "cannot use ZooKeeper on " + servers + ": the server wants a login by SASL (--zk-auth)");
    } else if (rc == Code.UNIMPLEMENTED.intValue()) {
      useless.accept(
          ExitCode.UNREACHABLE,
          "cannot watch the locks on "
              + servers
              + ": the server is too old, lockexd needs ZooKeeper 3.6");
    }
  }
}
