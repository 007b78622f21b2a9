package org.lockex.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.lockex.gateway.lease.LeaseRequest;
import org.lockex.znode.LockId;

/**
 * What clients do and what goes wrong, and when; all drawn from a seed. The luck of the network is
 * drawn apart from it, so that a part of a plan is a plan.
 *
 * @param tick of the servers, in nanoseconds
 * @param timeout of sessions, as the lockexds ask for it
 * @param rates of the clocks of the lockexds, one each
 * @param slowness of the network, in nanoseconds
 * @param length until the faults end, in nanoseconds
 */
record GatewayPlan(
    long seed,
    int servers,
    long tick,
    Duration timeout,
    double[] rates,
    long slowness,
    long length,
    List<Action> actions) {
  /** No lifetime is longer. */
  static final Duration LONGEST = Duration.ofSeconds(15);

  /** Clocks run at rates that differ by less than one in twenty. */
  private static final double DRIFT = 0.0243;

  /**
   * Something that happens at a time.
   *
   * @param when since the beginning of the plan, in nanoseconds
   */
  record Action(long when, String words, Consumer<GatewayWorld> does, boolean fault) {}

  /** The same with fewer actions. */
  GatewayPlan with(List<Action> fewer) {
    return new GatewayPlan(seed, servers, tick, timeout, rates, slowness, length, fewer);
  }

  long faults() {
    return actions.stream().filter(Action::fault).count();
  }

  static GatewayPlan of(long seed) {
    return new Drawing(seed).plan();
  }

  /** Draws a plan. */
  private static final class Drawing {
    private final long seed;
    private final Random random;
    private final List<Action> actions = new ArrayList<>();
    private final int gateways;
    private final int locks;
    private final int servers;
    private final int longest;
    private final boolean crowded;

    Drawing(long seed) {
      this.seed = seed;
      this.random = new Random(seed * 0x9E3779B97F4A7C15L + 1);
      this.gateways = 1 + random.nextInt(3);
      this.locks = 1 + random.nextInt(3);
      this.servers = random.nextInt(5) == 0 ? 1 + 4 * random.nextInt(2) : 3;
      this.longest = new int[] {500, 3000, (int) LONGEST.toMillis()}[random.nextInt(3)];
      this.crowded = random.nextBoolean();
    }

    GatewayPlan plan() {
      long tick = new long[] {200, 500, 1000}[random.nextInt(3)] * VirtualTime.MILLI;
      Duration timeout = Duration.ofNanos(tick * (4 + random.nextInt(9)));
      double[] rates = new double[gateways];
      for (int i = 0; i < gateways; i++) {
        rates[i] = Math.pow(1 + DRIFT, random.nextInt(3) - 1);
      }
      long length = (20 + random.nextInt(40)) * VirtualTime.SECOND;
      requests(length);
      faults(length);
      actions.sort(Comparator.comparingLong(Action::when));
      long slowness = new long[] {1, 1, 5, 30}[random.nextInt(4)] * VirtualTime.MILLI;
      return new GatewayPlan(seed, servers, tick, timeout, rates, slowness, length, actions);
    }

    private void requests(long length) {
      // Free locks, for which some come at the same moment, or long queues.
      long pause = (crowded ? 200 : Math.max(150, longest / locks)) * VirtualTime.MILLI;
      for (long at = 0; at < length; at += 1 + (long) (random.nextDouble() * 2 * pause)) {
        int lock = random.nextInt(locks);
        request(at, lock);
        for (int more = random.nextInt(4) - 1; more > 0; more--) {
          request(at + random.nextInt(4000) * VirtualTime.MICRO, lock);
        }
      }
    }

    private Duration millis(int least, int more) {
      return Duration.ofMillis(least + random.nextInt(more));
    }

    private void request(long at, int lock) {
      int own = lock == 2 ? 2 : 1;
      int size = random.nextInt(50) == 0 ? 3 - own : own;
      Duration lifetime = millis(longest / 10, longest - longest / 10);
      Duration wait =
          random.nextInt(4) == 0
              ? Duration.ZERO
              : millis(10, crowded ? Math.min(10 * longest, 20000) : 20000);
      Duration grace = random.nextInt(10) == 0 ? millis(100, 3000) : Duration.ZERO;
      Optional<String> requester =
          random.nextInt(10) == 0 ? Optional.of("r" + random.nextInt(3)) : Optional.empty();
      LeaseRequest wanted =
          new LeaseRequest(
              LockId.of("job" + lock),
              size,
              "test",
              "client",
              "a client",
              requester,
              wait,
              lifetime,
              grace);
      int gateway = random.nextInt(gateways);
      int other = random.nextInt(gateways);
      boolean releases = random.nextInt(10) < 7;
      long held = (long) (random.nextDouble() * random.nextDouble() * lifetime.toNanos());
      boolean givesUp = random.nextInt(8) == 0;
      long patience = millis(1, 3000).toNanos();
      long claims = millis(1, 3000).toNanos();
      Consumer<GatewayWorld> asks =
          world -> {
            ClientRequest request = world.acquire(gateway, wanted);
            if (releases) {
              request.onGrant(() -> world.time().after(held, () -> world.release(request, other)));
            }
            if (givesUp) {
              world.time().after(patience, () -> world.hangUp(request, gateway));
            }
            if (!wanted.grace().isZero()) {
              world.time().after(claims, () -> world.claim(request, gateway, true));
            }
          };
      actions.add(new Action(at, "a request", asks, false));
    }

    private void faults(long length) {
      Set<GatewayFault> kinds = EnumSet.noneOf(GatewayFault.class);
      for (GatewayFault kind : GatewayFault.values()) {
        if (random.nextInt(3) == 0) {
          kinds.add(kind);
        }
      }
      List<GatewayFault> all = List.copyOf(kinds);
      long pause = (100 + random.nextInt(3000)) * VirtualTime.MILLI;
      for (long at = 0; !all.isEmpty() && at < length; ) {
        GatewayFault kind = all.get(random.nextInt(all.size()));
        long lasts = lasting();
        long luck = random.nextLong();
        actions.add(
            new Action(
                at, kind.name(), world -> kind.strike(world, new Random(luck), lasts), true));
        at += 1 + (long) (random.nextDouble() * 2 * pause);
      }
    }

    /** Mostly some tenths of a second, sometimes longer than sessions last. */
    private long lasting() {
      double share = random.nextDouble();
      return (long) (share * share * share * 20 * VirtualTime.SECOND);
    }
  }
}
