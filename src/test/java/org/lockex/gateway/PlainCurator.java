package org.lockex.gateway;

import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;

/** A program that uses Curator's recipes and has never heard of lockex. */
final class PlainCurator {
  private PlainCurator() {}

  /** Not started yet. */
  static CuratorFramework of(String connectString) {
    return CuratorFrameworkFactory.builder()
        .connectString(connectString)
        .retryPolicy(new RetryOneTime(100))
        .ensembleTracker(false)
        .zookeeperFactory((servers, timeout, watcher, readOnly) ->
            new ZooKeeper(servers, timeout, watcher, readOnly, new WithoutNetty()))
        .build();
  }

  /** Its own constructor needs Netty, which is not there. */
  private static final class WithoutNetty extends ZKClientConfig {
    @Override
    protected void handleBackwardCompatibility() {}
  }
}
