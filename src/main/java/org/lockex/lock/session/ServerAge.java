package org.lockex.lock.session;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;

/**
 * How old a server is, as far as it matters here. Nothing but the requests that it knows tells: the
 * command that names the version may be turned off. To a request that it does not know an old
 * server answers so, and closes the connection; the client takes it up again.
 */
public enum ServerAge {
  /** It has no container nodes, so no program here can use it. */
  BEFORE_3_5,
  /** It has no persistent recursive watches, without which lockexd knows nothing. */
  BEFORE_3_6,
  /** It has all that is used here. */
  ENOUGH;

  /** What is said where a server is {@link #BEFORE_3_5}. */
  public static final String NEEDS_3_5 = "the server is too old, lockex needs ZooKeeper 3.5";

  private static final int ATTEMPTS = 10;

  /** Its parent is not there on any server. */
  private static final String NOWHERE = "/zookeeper/no-such-node/child";

  private interface Question {
    void ask(Consumer<Code> answer);
  }

  /**
   * Asks the server that the client is connected to.
   *
   * @param client which may lose its connection thereby
   * @return what it told; ENOUGH, too, if the connection is away for long
   */
  public static ServerAge of(ZooKeeper client) {
    if (isKnown(answer -> askMultiRead(client, answer))) {
      return ENOUGH;
    }
    return isKnown(answer -> askContainer(client, answer)) ? BEFORE_3_6 : BEFORE_3_5;
  }

  private static boolean isKnown(Question question) {
    Code code = Code.CONNECTIONLOSS;
    for (int i = 0; i < ATTEMPTS && code == Code.CONNECTIONLOSS; i++) {
      CompletableFuture<Code> answer = new CompletableFuture<>();
      question.ask(answer::complete);
      code = answer.join();
    }
    return code != Code.UNIMPLEMENTED;
  }

  private static void askMultiRead(ZooKeeper client, Consumer<Code> answer) {
    alone(
        client,
        answer,
        () ->
            client.multi(
                List.of(Op.getData("/")),
                (rc, path, context, results) -> answer.accept(Code.get(rc)),
                null));
  }

  /** A container where none can be: unknown before 3.5, and an error that says so later. */
  static void askContainer(ZooKeeper client, Consumer<Code> answer) {
    alone(
        client,
        answer,
        () ->
            client.create(
                NOWHERE,
                new byte[0],
                ZooDefs.Ids.READ_ACL_UNSAFE,
                CreateMode.CONTAINER,
                (rc, path, context, name, stat) -> answer.accept(Code.get(rc)),
                null));
  }

  /**
   * Asks when all that was asked before is answered: behind what a server does not know it closes
   * the connection, and with a further request on its way there that is a reset, which overtakes
   * the answer.
   */
  private static void alone(ZooKeeper client, Consumer<Code> answer, Runnable question) {
    client.exists(
        "/",
        false,
        (rc, path, context, stat) -> {
          if (rc == Code.CONNECTIONLOSS.intValue()) {
            answer.accept(Code.CONNECTIONLOSS);
          } else {
            question.run();
          }
        },
        null);
  }
}
