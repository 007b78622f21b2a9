package org.lockex.simulation;

import org.apache.zookeeper.data.Stat;

/**
 * A node as a server has it.
 *
 * @param sequence how many children were ever created below it
 * @param pzxid the transaction that created or deleted a child last
 */
record Znode(
    byte[] data,
    long czxid,
    long mzxid,
    long pzxid,
    long ctime,
    int version,
    int sequence,
    long owner,
    boolean container) {

  Stat stat() {
    Stat stat = new Stat();
    stat.setCzxid(czxid);
    stat.setMzxid(mzxid);
    stat.setPzxid(pzxid);
    stat.setCtime(ctime);
    stat.setMtime(ctime);
    stat.setVersion(version);
    stat.setEphemeralOwner(owner);
    stat.setDataLength(data.length);
    return stat;
  }

  Znode written(byte[] now, long zxid) {
    return new Znode(now, czxid, zxid, pzxid, ctime, version + 1, sequence, owner, container);
  }

  /** A child came or went. */
  Znode withChild(boolean created, long zxid) {
    int next = created && sequence < Integer.MAX_VALUE ? sequence + 1 : sequence;
    return new Znode(data, czxid, mzxid, zxid, ctime, version, next, owner, container);
  }
}
