package org.lockex.simulation.zookeeper;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.jute.Record;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.MultiOperationRecord;
import org.apache.zookeeper.MultiResponse;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.apache.zookeeper.proto.CheckVersionRequest;
import org.apache.zookeeper.proto.Create2Response;
import org.apache.zookeeper.proto.CreateRequest;
import org.apache.zookeeper.proto.CreateResponse;
import org.apache.zookeeper.proto.DeleteRequest;
import org.apache.zookeeper.proto.SetDataRequest;
import org.apache.zookeeper.proto.SetDataResponse;
import org.jspecify.annotations.Nullable;
import org.lockex.simulation.zookeeper.Tree.Change;
import org.lockex.simulation.zookeeper.Tree.Node;

/** The leader makes a transaction of a request, by the tree as it will be when that comes. */
final class Preparation {
  private final long zxid;
  private final long session;
  private final long time;
  private Tree tree;
  private final List<Change> changes = new ArrayList<>();

  Preparation(Tree tree, long zxid, long session, long time) {
    this.tree = tree;
    this.zxid = zxid;
    this.session = session;
    this.time = time;
  }

  /** The tree with the transaction in it; nothing else changes it. */
  Tree tree() {
    return tree;
  }

  /** What there is to be done by every server. */
  record Prepared(List<Change> changes, int error, @Nullable Record response) {}

  Prepared prepare(int type, Record request) {
    try {
      Record response =
          type == OpCode.multi ? multi((MultiOperationRecord) request) : single(type, request);
      return new Prepared(List.copyOf(changes), 0, response);
    } catch (KeeperException e) {
      return new Prepared(List.of(), e.code().intValue(), null);
    }
  }

  private MultiResponse multi(MultiOperationRecord request) {
    MultiResponse response = new MultiResponse();
    Tree before = tree;
    List<Op> ops = new ArrayList<>();
    request.forEach(ops::add);
    if (ops.stream().anyMatch(op -> op.getType() != OpCode.check)) {
      tree = tree.copy();
    }
    List<OpResult> results = new ArrayList<>();
    Code failure = Code.OK;
    for (Op op : ops) {
      if (failure != Code.OK) {
        results.add(new OpResult.ErrorResult(Code.RUNTIMEINCONSISTENCY.intValue()));
        continue;
      }
      try {
        Record result = single(op.getType(), op.toRequestRecord());
        results.add(
            switch (result) {
              case CreateResponse made -> new OpResult.CreateResult(made.getPath());
              case Create2Response made ->
                  new OpResult.CreateResult(made.getPath(), made.getStat());
              case SetDataResponse set -> new OpResult.SetDataResult(set.getStat());
              case null, default ->
                  op.getType() == OpCode.check
                      ? new OpResult.CheckResult()
                      : new OpResult.DeleteResult();
            });
      } catch (KeeperException e) {
        failure = e.code();
        results.replaceAll(_ -> new OpResult.ErrorResult(0));
        results.add(new OpResult.ErrorResult(failure.intValue()));
      }
    }
    if (failure != Code.OK) {
      tree = before;
      changes.clear();
    }
    results.forEach(response::add);
    return response;
  }

  private @Nullable Record single(int type, Record request) throws KeeperException {
    return switch (request) {
      case CreateRequest create -> create(type, create);
      case DeleteRequest delete -> {
        Node node = existing(delete.getPath(), delete.getVersion());
        if (!node.children.isEmpty()) {
          throw KeeperException.create(Code.NOTEMPTY);
        }
        apply(new Change.Delete(delete.getPath()));
        yield null;
      }
      case SetDataRequest set -> {
        existing(set.getPath(), set.getVersion());
        apply(new Change.SetData(set.getPath(), set.getData(), time));
        yield new SetDataResponse(existing(set.getPath(), -1).stat());
      }
      case CheckVersionRequest check -> {
        existing(check.getPath(), check.getVersion());
        yield null;
      }
      default -> throw KeeperException.create(Code.UNIMPLEMENTED);
    };
  }

  private Node existing(String path, int version) throws KeeperException {
    Node node = tree.get(path);
    if (node == null) {
      throw KeeperException.create(Code.NONODE);
    }
    if (version != -1 && version != node.version) {
      throw KeeperException.create(Code.BADVERSION);
    }
    return node;
  }

  private Record create(int type, CreateRequest request) throws KeeperException {
    CreateMode mode = CreateMode.fromFlag(request.getFlags());
    String path = request.getPath();
    Node parent = existing(Tree.parent(path), -1);
    if (mode.isSequential()) {
      path += String.format(Locale.ENGLISH, "%010d", parent.creations);
    }
    if (tree.get(path) != null) {
      throw KeeperException.create(Code.NODEEXISTS);
    }
    if (parent.owner != 0 && parent.owner != Tree.CONTAINER) {
      throw KeeperException.create(Code.NOCHILDRENFOREPHEMERALS);
    }
    long owner = mode.isEphemeral() ? session : mode.isContainer() ? Tree.CONTAINER : 0;
    byte[] data = request.getData() == null ? new byte[0] : request.getData();
    apply(new Change.Create(path, data, owner, time));
    return type == OpCode.create
        ? new CreateResponse(path)
        : new Create2Response(path, existing(path, -1).stat());
  }

  void apply(Change change) {
    changes.add(change);
    tree.apply(change, zxid, Tree.NOBODY);
  }

  /** The end of a session, with its nodes. */
  Prepared close(long id) {
    for (String path : tree.ephemerals(id, "/")) {
      apply(new Change.Delete(path));
    }
    apply(new Change.CloseSession(id));
    return new Prepared(List.copyOf(changes), 0, null);
  }
}
