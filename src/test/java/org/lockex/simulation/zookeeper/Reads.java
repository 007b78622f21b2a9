package org.lockex.simulation.zookeeper;

import java.util.ArrayList;
import java.util.List;
import org.apache.jute.Record;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.MultiOperationRecord;
import org.apache.zookeeper.MultiResponse;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.apache.zookeeper.proto.ExistsRequest;
import org.apache.zookeeper.proto.ExistsResponse;
import org.apache.zookeeper.proto.GetChildren2Request;
import org.apache.zookeeper.proto.GetChildren2Response;
import org.apache.zookeeper.proto.GetChildrenRequest;
import org.apache.zookeeper.proto.GetChildrenResponse;
import org.apache.zookeeper.proto.GetDataRequest;
import org.apache.zookeeper.proto.GetDataResponse;
import org.apache.zookeeper.proto.GetEphemeralsRequest;
import org.apache.zookeeper.proto.GetEphemeralsResponse;
import org.apache.zookeeper.proto.SetWatches;
import org.jspecify.annotations.Nullable;
import org.lockex.simulation.zookeeper.Tree.Node;

/** What a server answers by itself. */
final class Reads {
  private Reads() {}

  /** Whether a request is answered by the leader, or the quorum. */
  static boolean waits(int type) {
    return switch (type) {
      case OpCode.create,
          OpCode.create2,
          OpCode.createContainer,
          OpCode.delete,
          OpCode.setData,
          OpCode.multi,
          OpCode.sync,
          OpCode.closeSession ->
          true;
      default -> false;
    };
  }

  static void answer(PendingRequest request, Tree tree, long zxid, Watches watches) {
    ServerLink link = request.link;
    switch (request.request) {
      case ExistsRequest exists -> {
        Node node = tree.get(exists.getPath());
        if (exists.getWatch()) {
          watches.onData(exists.getPath(), link);
        }
        reply(request, zxid, node, node == null ? null : new ExistsResponse(node.stat()));
      }
      case GetDataRequest get -> {
        Node node = tree.get(get.getPath());
        if (get.getWatch() && node != null) {
          watches.onData(get.getPath(), link);
        }
        reply(
            request, zxid, node, node == null ? null : new GetDataResponse(node.data, node.stat()));
      }
      case GetChildrenRequest get -> {
        Node node = tree.get(get.getPath());
        if (get.getWatch() && node != null) {
          watches.onChildren(get.getPath(), link);
        }
        reply(request, zxid, node, node == null ? null : new GetChildrenResponse(names(node)));
      }
      case GetChildren2Request get -> {
        Node node = tree.get(get.getPath());
        if (get.getWatch() && node != null) {
          watches.onChildren(get.getPath(), link);
        }
        reply(
            request,
            zxid,
            node,
            node == null ? null : new GetChildren2Response(names(node), node.stat()));
      }
      case GetEphemeralsRequest get ->
          link.answer(
              request.xid,
              zxid,
              0,
              new GetEphemeralsResponse(tree.ephemerals(link.session(), get.getPrefixPath())));
      case MultiOperationRecord reads when request.type == OpCode.multiRead ->
          link.answer(request.xid, zxid, 0, multi(reads, tree));
      case SetWatches again -> {
        again(again, tree, watches, link, zxid);
        link.answer(request.xid, zxid, 0, null);
      }
      default ->
          link.answer(
              request.xid, zxid, isRemoval(request.type) ? 0 : Code.UNIMPLEMENTED.intValue(), null);
    }
  }

  /** Of watches, which then tell nothing that anybody wants to hear. */
  private static boolean isRemoval(int type) {
    return type == OpCode.removeWatches || type == OpCode.checkWatches;
  }

  private static List<String> names(Node node) {
    return new ArrayList<>(node.children);
  }

  private static void reply(
      PendingRequest request, long zxid, @Nullable Node node, @Nullable Record response) {
    request.link.answer(request.xid, zxid, node == null ? Code.NONODE.intValue() : 0, response);
  }

  private static MultiResponse multi(MultiOperationRecord reads, Tree tree) {
    MultiResponse response = new MultiResponse();
    for (Op op : reads) {
      Node node = tree.get(op.getPath());
      response.add(
          node == null
              ? new OpResult.ErrorResult(Code.NONODE.intValue())
              : op.getType() == OpCode.getChildren
                  ? new OpResult.GetChildrenResult(names(node))
                  : new OpResult.GetDataResult(node.data, node.stat()));
    }
    return response;
  }

  /** DataTree.setWatches: what changed since is told at once, in no order of time. */
  private static void again(
      SetWatches again, Tree tree, Watches watches, ServerLink link, long zxid) {
    long since = again.getRelativeZxid();
    for (String path : again.getDataWatches()) {
      Node node = tree.get(path);
      if (node == null) {
        Watches.tell(link, EventType.NodeDeleted, path, zxid);
      } else if (node.mzxid > since) {
        Watches.tell(link, EventType.NodeDataChanged, path, zxid);
      } else {
        watches.onData(path, link);
      }
    }
    for (String path : again.getExistWatches()) {
      if (tree.get(path) != null) {
        Watches.tell(link, EventType.NodeCreated, path, zxid);
      } else {
        watches.onData(path, link);
      }
    }
    for (String path : again.getChildWatches()) {
      Node node = tree.get(path);
      if (node == null) {
        Watches.tell(link, EventType.NodeDeleted, path, zxid);
      } else if (node.pzxid > since) {
        Watches.tell(link, EventType.NodeChildrenChanged, path, zxid);
      } else {
        watches.onChildren(path, link);
      }
    }
  }
}
