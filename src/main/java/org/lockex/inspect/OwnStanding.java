package org.lockex.inspect;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.ClientInfo;
import org.lockex.inspect.text.Output;
import org.lockex.inspect.text.Table;
import org.lockex.lock.session.LockException;
import org.lockex.security.NodeAcl;
import org.lockex.security.TlsPeer;
import org.lockex.znode.JsonWriter;

/**
 * Who we are for ZooKeeper, and whom it is for us.
 *
 * @param peer the server, where TLS is spoken
 * @param identities as {@code SCHEME:ID}, as the server knows them; empty where it is too old to
 *     tell
 * @param acl of the lock path or its nearest parent; empty where we may not read it
 */
record OwnStanding(Optional<TlsPeer> peer, List<String> identities, Optional<List<ACL>> acl) {

  static OwnStanding of(ZooKeeper client, Optional<TlsPeer> peer, String path)
      throws LockException, InterruptedException {
    Optional<List<ACL>> acl;
    try {
      acl = Optional.of(client.getACL(path, null));
    } catch (KeeperException.NoAuthException e) {
      acl = Optional.empty();
    } catch (KeeperException e) {
      throw LockException.of("cannot read the access list", path, e);
    }
    // Last: a server that does not know this request (before 3.7) closes the connection.
    List<String> identities = new ArrayList<>();
    List<ClientInfo> told = client.whoAmI();
    if (told != null) {
      told.forEach(info -> identities.add(info.getAuthScheme() + ":" + info.getUser()));
    }
    return new OwnStanding(peer, identities, acl);
  }

  private String entries() {
    return acl.map(list -> String.join(" ", list.stream().map(NodeAcl::text).toList())).orElse("");
  }

  void tell(Output out, Rights rights, boolean identity) throws IOException {
    String path = rights.nearest();
    if (peer.isPresent()) {
      out.line(
          Table.printable(
              peer.get().protocol()
                  + ", the certificate of "
                  + peer.get().subject()
                  + " is valid until "
                  + Words.time(peer.get().until())));
    }
    if (!identities.isEmpty()) {
      out.line(Table.printable("we are " + String.join(", ", identities)));
    }
    out.line(
        Table.printable(
            acl.isPresent()
                ? "access list of " + path + ": " + entries()
                : "access list of " + path + ": we may not read it"));
    if (rights.exists() && acl.isPresent() && NodeAcl.isOpen(acl.get())) {
      out.line(
          identity
              ? NodeAcl.openWarning(path)
              : "every client of these servers may take, read and delete locks there; hosts, users"
                  + " and command lines stand in them (--metadata)");
    }
  }

  void tell(JsonWriter line) {
    peer.ifPresent(server ->
        line.text("tls", server.protocol())
            .text("certificate", server.subject())
            .text("certificateUntil", server.until().toString()));
    if (!identities.isEmpty()) {
      line.text("identities", String.join(" ", identities));
    }
    acl.ifPresent(list -> line.text("acl", entries()));
  }
}
