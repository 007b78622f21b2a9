package org.lockex.simulation.zookeeper;

import org.apache.jute.Record;
import org.apache.zookeeper.proto.RequestHeader;
import org.jspecify.annotations.Nullable;

/** A request on its way through a server; answered in the order in which it came. */
final class PendingRequest {
  final ServerLink link;
  final int xid;
  final int type;
  final Record request;

  /** Whether it waits for others before it can be answered. */
  final boolean waits;

  /** The answer has come, and the same for the ones before it. */
  boolean ready;

  long zxid;
  int error;
  @Nullable Record response;

  PendingRequest(ServerLink link, @Nullable RequestHeader header, Record request, boolean waits) {
    this.link = link;
    this.xid = header == null ? 0 : header.getXid();
    this.type = header == null ? 0 : header.getType();
    this.request = request;
    this.waits = waits;
  }
}
