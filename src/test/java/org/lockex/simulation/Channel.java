package org.lockex.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;

/** One way of a connection: messages arrive in the order in which they were sent. */
final class Channel {
  private record Message(Runnable arrives, long when) {}

  private final Network network;
  private final Random luck;
  private final SimulatedProcess sender;
  private final SimulatedProcess receiver;
  private final Deque<Message> underWay = new ArrayDeque<>();
  private Runnable onEnd = () -> {};
  private Runnable onRefusal = () -> {};
  private long last;
  private boolean finished;
  private boolean deaf;
  private boolean pumping;

  Channel(Network network, Random luck, SimulatedProcess sender, SimulatedProcess receiver) {
    this.network = network;
    this.luck = luck;
    this.sender = sender;
    this.receiver = receiver;
  }

  Host from() {
    return sender.host();
  }

  Host to() {
    return receiver.host();
  }

  /** Runs, in the receiver, when all that was sent has arrived and the sender has closed. */
  void onEnd(Runnable then) {
    onEnd = then;
  }

  /** Runs when a packet finds nobody there. */
  void onRefusal(Runnable then) {
    onRefusal = then;
  }

  /** Sends what {@code arrives} in the receiver. */
  void send(Runnable arrives) {
    if (!finished) {
      put(arrives);
    }
  }

  private void put(Runnable arrives) {
    long now = network.time().now();
    last = Math.max(last, now + network.delay(from(), to(), luck));
    underWay.add(new Message(arrives, last));
    pump();
  }

  private void pump() {
    if (!pumping && !underWay.isEmpty()) {
      pumping = true;
      network.time().at(underWay.element().when(), this::arrive);
    }
  }

  private void arrive() {
    if (underWay.isEmpty()) {
      pumping = false;
      return;
    }
    if (network.isCut(from(), to())) {
      network.onHeal(from(), to(), this::sentAgain);
      return;
    }
    Message message = underWay.remove();
    pumping = false;
    if (!receiver.alive()) {
      onRefusal.run();
    } else if (!deaf) {
      receiver.run(() -> {
        if (!deaf) {
          message.arrives().run();
        }
      });
    }
    pump();
  }

  /** After a cut TCP waits for its timer. */
  private void sentAgain() {
    long wait = (long) luck.nextInt(200) * VirtualTime.MILLI;
    network.time().after(wait, this::arrive);
  }

  /** The sender sends nothing more. */
  void finish() {
    if (!finished) {
      finished = true;
      put(this::end);
    }
  }

  private void end() {
    deaf = true;
    onEnd.run();
  }

  /** The receiver listens no more. */
  void deafen() {
    deaf = true;
  }

  int underWay() {
    return underWay.size();
  }

  /** Only the next {@code left} messages arrive, then the end does. */
  void lose(int left) {
    while (underWay.size() > left) {
      underWay.removeLast();
    }
    finished = true;
    put(this::end);
  }

  boolean over() {
    return (deaf && finished) || (!receiver.alive() && !sender.alive());
  }
}
