package org.lockex.inspect;

import org.lockex.inspect.read.Batch;
import org.lockex.znode.TokenBase;

/** The base of the fencing tokens while it is being read; without a node there is none. */
final class TokenReading {
  private volatile TokenBase base = TokenBase.NONE;

  private TokenReading() {}

  /** Known when the batch has been awaited. What may not be read is shown as nothing. */
  static TokenReading ask(Batch batch, String path) {
    TokenReading reading = new TokenReading();
    batch.data(
        path,
        (data, stat) -> reading.base = TokenBase.read(data, stat.getMzxid()).orElse(TokenBase.NONE),
        () -> {});
    return reading;
  }

  TokenBase base() {
    return base;
  }
}
