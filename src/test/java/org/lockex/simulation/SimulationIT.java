package org.lockex.simulation;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lockex.simulation.Simulation.Outcome;

/**
 * The real code in virtual time: seeds that once found something, and fresh ones for a while
 * (docs/proof.md), drawn by what is committed. {@code -Dsimulation.seed=N} plays one seed, {@code
 * -Dsimulation.seconds=N} draws others for so long, {@code -Dsimulation.teeth=N} plays at most so
 * many from 1 on until one fails, and fails if none does.
 */
@Tag("waits") // beside tests that leave the processor to it
class SimulationIT {
  /** How often a long run tells its figures, in nanoseconds. */
  private static final long TELLS = TimeUnit.MINUTES.toNanos(1);

  private static final long SEED = 1_000_000_000_000L;

  private static final String SEEDS = "/org/lockex/simulation/seeds.txt";

  /**
   * A seed that once failed.
   *
   * @param found what was wrong with the code then
   */
  record Regression(Simulation simulation, long seed, String found) {
    @Override
    public String toString() {
      return simulation.name() + " " + seed + ": " + found;
    }
  }

  /** What many seeds came to. */
  private static final class Figures {
    private long seeds;
    private long nanos;
    private long faults;
    private long served;

    void add(Outcome outcome) {
      seeds++;
      nanos += outcome.nanos();
      faults += outcome.faults();
      served += outcome.served();
    }

    String shown(long trueNanos) {
      double minutes = trueNanos / 6e10;
      return String.format(
          Locale.ROOT,
          "%d seeds, %d served; %.2f simulated hours and %.0f faults a minute",
          seeds,
          served,
          nanos / 3.6e12 / minutes,
          faults / minutes);
    }
  }

  static List<Simulation> simulations() {
    return Simulation.all().stream()
        .filter(one -> one.name().equals(System.getProperty("simulation.name", one.name())))
        .toList();
  }

  static Stream<Regression> regressions() throws IOException {
    List<Regression> all = new ArrayList<>();
    try (InputStream file = SimulationIT.class.getResourceAsStream(SEEDS)) {
      for (String line : new String(file.readAllBytes()).lines().toList()) {
        String[] words = line.split(" +", 3);
        simulations().stream()
            .filter(one -> one.name().equals(words[0]))
            .forEach(one -> all.add(new Regression(one, Long.parseLong(words[1]), words[2])));
      }
    }
    return all.stream();
  }

  private static String failure(Simulation simulation, long seed) {
    return "simulation "
        + simulation.name()
        + ", seed "
        + seed
        + ": "
        + simulation.told(seed)
        + "\nagain: src/bench/simulate --seed "
        + seed;
  }

  private static Outcome play(Simulation simulation, long seed) {
    Outcome outcome = simulation.run(seed);
    assertTrue(outcome.violation().isEmpty(), () -> failure(simulation, seed));
    return outcome;
  }

  @ParameterizedTest
  @MethodSource("regressions")
  void a_seed_that_once_found_something_holds(Regression regression) {
    play(regression.simulation(), regression.seed());
  }

  @Timeout(value = 30, unit = TimeUnit.DAYS)
  @ParameterizedTest
  @MethodSource("simulations")
  void seeds_hold(Simulation simulation) {
    Optional<Long> only = Optional.ofNullable(Long.getLong("simulation.seed"));
    int most = Integer.getInteger("simulation.teeth", 0);
    if (only.isPresent()) {
      Outcome outcome = play(simulation, only.get());
      tell(simulation, "seed " + only.get() + " holds: " + outcome);
    } else if (most > 0) {
      long found = 1;
      while (found <= most && simulation.run(found).violation().isEmpty()) {
        found++;
      }
      assertTrue(found <= most, "found by none of " + most + " seeds");
      System.out.println("found by seed " + found + ": " + simulation.told(found));
    } else {
      Optional<Integer> seconds = Optional.ofNullable(Integer.getInteger("simulation.seconds"));
      long first = seconds.isPresent() ? ThreadLocalRandom.current().nextLong(SEED) : ofTree();
      draw(simulation, first, seconds.orElse(60));
    }
  }

  /** A build says the same of the same code, and plays other seeds after each change of it. */
  private static long ofTree() {
    try {
      Process git =
          new ProcessBuilder("git", "rev-parse", "HEAD^{tree}")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String tree = new String(git.getInputStream().readAllBytes(), US_ASCII).strip();
      return git.waitFor() == 0 ? Long.parseLong(tree.substring(0, 15), 16) % SEED : 1;
    } catch (IOException e) {
      return 1; // There is no Git here.
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void draw(Simulation simulation, long first, int seconds) {
    tell(simulation, "seeds from " + first);
    Figures figures = new Figures();
    long began = System.nanoTime();
    long end = began + TimeUnit.SECONDS.toNanos(seconds) / simulations().size();
    long told = began;
    for (long seed = first; System.nanoTime() - end < 0; seed++) {
      figures.add(play(simulation, seed));
      if (System.nanoTime() - told > TELLS) {
        told = System.nanoTime();
        tell(simulation, figures.shown(told - began));
      }
    }
    tell(simulation, figures.shown(System.nanoTime() - began));
    assertTrue(figures.served > figures.seeds, "hardly anybody got a lock");
  }

  private static void tell(Simulation simulation, String what) {
    System.out.println("simulation " + simulation.name() + ": " + what);
  }

  /** What a seed does must not depend on anything else, or it cannot be played again. */
  @ParameterizedTest
  @MethodSource("simulations")
  void a_seed_plays_the_same_twice(Simulation simulation) {
    for (long seed = 1; seed <= 3; seed++) {
      assertEquals(simulation.run(seed), simulation.run(seed));
    }
  }
}
