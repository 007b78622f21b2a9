package org.lockex.lock.queue;

import org.lockex.znode.LockData;

/**
 * What was read of a lock's own node.
 *
 * @param told what its data tells
 * @param version of the data, for writing it
 */
record LockNodeRead(LockData.Reading told, int version) {

  /** Reads data; what is wanted is mostly what is there, and that is recognised without parsing. */
  static LockNodeRead of(LockData wanted, byte[] data, int version) {
    LockData.Reading told =
        wanted.isIn(data) ? new LockData.Reading.Known(wanted) : LockData.read(data);
    return new LockNodeRead(told, version);
  }
}
