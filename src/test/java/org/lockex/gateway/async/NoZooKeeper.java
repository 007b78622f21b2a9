package org.lockex.gateway.async;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.data.ACL;

/** A ZooKeeper that is away. */
final class NoZooKeeper implements AsyncZooKeeper {
  @Override
  public void open(ZooKeeperListener listener) {}

  @Override
  public List<ACL> acl() {
    return List.of();
  }

  @Override
  public long session() {
    return 0;
  }

  @Override
  public Duration timeout() {
    return Duration.ofSeconds(1);
  }

  @Override
  public void multi(List<Op> ops, MultiReply reply) {
    reply.done(Code.CONNECTIONLOSS, null, 0);
  }

  @Override
  public void read(List<Op> ops, MultiReply reply) {
    reply.done(Code.CONNECTIONLOSS, null, 0);
  }

  @Override
  public void barrier(String path, Consumer<Code> reply) {
    reply.accept(Code.CONNECTIONLOSS);
  }

  @Override
  public void sync(String path, Consumer<Code> reply) {
    reply.accept(Code.CONNECTIONLOSS);
  }

  @Override
  public void watch(String path, Consumer<Code> reply) {
    reply.accept(Code.CONNECTIONLOSS);
  }

  @Override
  public void close() {}
}
