package org.lockex.inspect;

import java.io.IOException;
import java.util.List;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.lockex.ExitCode;
import org.lockex.cli.Stderr;
import org.lockex.inspect.text.Output;
import org.lockex.inspect.text.Table;
import org.lockex.lock.session.LockException;
import org.lockex.security.NodeAcl;
import org.lockex.znode.JsonWriter;

/**
 * {@code lockexctl acl}: the access list of every node of ours, parents first, and those of a tree
 * that is to have others.
 */
final class AccessLists {
  private final LockReader tree;
  private final NodeAcl wanted;
  private final boolean apply;
  private final Output out;
  private final Stderr stderr;
  private final boolean json;
  private boolean refused;

  /** The node of which that was said last: one question after the other is refused there. */
  private String unauthorised = "";

  AccessLists(
      LockReader tree, NodeAcl wanted, boolean apply, Output out, Stderr stderr, boolean json) {
    this.tree = tree;
    this.wanted = wanted;
    this.apply = apply;
    this.out = out;
    this.stderr = stderr;
    this.json = json;
  }

  /** Returns 77 if some list may not be read or set, 1 if there are no nodes. */
  int run() throws LockException, InterruptedException, IOException {
    boolean locks = walk(tree.path());
    boolean records = walk(tree.chroot() + tree.root().runs());
    boolean tokens = walk(tree.chroot() + tree.root().tokens());
    if (!locks && !records && !tokens) {
      return stderr.fail(
          Task.NOT_THERE, "acl on lock path " + tree.path() + ": there is no such node");
    }
    return refused ? ExitCode.NOT_AUTHORISED.code() : 0;
  }

  private boolean walk(String path) throws LockException, InterruptedException, IOException {
    ZooKeeper client = tree.client();
    try {
      List<ACL> before = client.getACL(path, null);
      List<ACL> after = before;
      if (apply) {
        client.setACL(path, wanted.entries(), -1);
        // Whoever shuts himself out does not learn more.
        after = client.getACL(path, null);
      }
      if (!apply || !after.equals(before)) {
        tell(path, after);
      }
    } catch (KeeperException.NoNodeException e) {
      return false;
    } catch (KeeperException.NoAuthException e) {
      unauthorised(path);
    } catch (KeeperException.InvalidACLException e) {
      refused(path, "ZooKeeper does not take this list");
    } catch (KeeperException e) {
      throw LockException.of(apply ? "cannot set the access list" : "cannot look", path, e);
    }
    for (String child : children(client, path)) {
      walk(path + "/" + child);
    }
    return true;
  }

  private List<String> children(ZooKeeper client, String path)
      throws LockException, InterruptedException {
    try {
      return client.getChildren(path, false).stream().sorted().toList();
    } catch (KeeperException.NoNodeException e) {
      return List.of();
    } catch (KeeperException.NoAuthException e) {
      unauthorised(path);
      return List.of();
    } catch (KeeperException e) {
      throw LockException.of("cannot look", path, e);
    }
  }

  private void unauthorised(String path) {
    if (!path.equals(unauthorised)) {
      refused(path, "ZooKeeper does not authorise us");
      unauthorised = path;
    }
  }

  private void refused(String path, String why) {
    refused = true;
    int _ = stderr.fail(ExitCode.NOT_AUTHORISED.code(), "acl on node " + path + ": " + why);
  }

  private void tell(String path, List<ACL> acl) throws IOException {
    String entries = String.join(" ", acl.stream().map(NodeAcl::text).toList());
    out.line(
        json
            ? new JsonWriter().text("path", path).text("acl", entries).toString()
            : Table.printable(path + ": " + entries));
  }
}
