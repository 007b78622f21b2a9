package org.lockex.lock.queue;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.lockex.lock.session.SessionClient;
import org.lockex.znode.ContenderData;

/**
 * What Curator's recipe is told in place of the list of a mutex's queue, where two nodes tell as
 * much: whoever becomes the next in line hears that the node before its own changed, because that
 * one's command started, and would list all who wait behind it.
 *
 * <p>A command starts only after all nodes before its own are gone, and none comes there any more,
 * because ZooKeeper gives the numbers in their order. So while the node before ours belongs to a
 * session and tells a start, and ours is there and of our session, these two are the queue up to
 * us, and the recipe asks for no more. In all other cases the queue is listed. That nobody else is
 * before us is seen again by the list of {@link HandOver}, or of the recipe when the node is gone.
 */
final class NextInLine {
  private volatile @Nullable PlaceBehind place;

  /** Of one contender; the thread is the recipe's: others who list the folder want all of it. */
  private record PlaceBehind(long recipe, String folder, String own, String before) {}

  /**
   * The recipe, which runs on this thread, waits for a node.
   *
   * @param folder of the queue, with the chroot
   * @param own the name of the own node
   * @param before that of the node before it
   */
  void waits(String folder, String own, String before) {
    place = new PlaceBehind(Thread.currentThread().threadId(), folder, own, before);
  }

  /** The recipe waits no longer. */
  void forget() {
    place = null;
  }

  /**
   * Asks for the queue up to the own node.
   *
   * @param path the folder to be listed, with the chroot
   * @return the names; empty if the folder has to be listed
   */
  Optional<List<String>> queue(SessionClient client, String path)
      throws KeeperException, InterruptedException {
    PlaceBehind known = place;
    if (known == null
        || known.recipe() != Thread.currentThread().threadId()
        || !known.folder().equals(path)) {
      return Optional.empty();
    }
    CompletableFuture<Boolean> ours = new CompletableFuture<>();
    client.read(
        path + "/" + known.own(),
        (rc, name, context, stat) ->
            ours.complete(
                rc == Code.OK.intValue() && stat.getEphemeralOwner() == client.getSessionId()));
    Stat stat = new Stat();
    byte[] data;
    try {
      data = client.getData(path + "/" + known.before(), false, stat);
    } catch (KeeperException.NoNodeException e) {
      return Optional.empty();
    }
    return data != null
            && stat.getEphemeralOwner() != 0
            && ContenderData.tellsStart(data)
            && ours.join()
        ? Optional.of(List.of(known.before(), known.own()))
        : Optional.empty();
  }
}
