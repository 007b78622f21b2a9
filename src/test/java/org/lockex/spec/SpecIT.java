package org.lockex.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The specifications hold, and each broken rule in them is found: docs/proof.md. */
@Execution(ExecutionMode.CONCURRENT)
class SpecIT {
  private static Stream<List<String>> runs(String when) throws IOException {
    return ModelChecker.table("runs.txt").stream().filter(row -> row.get(0).equals(when));
  }

  static Stream<List<String>> always() throws IOException {
    return runs("always");
  }

  static Stream<List<String>> full() throws IOException {
    return runs("full");
  }

  static Stream<List<String>> live() throws IOException {
    return runs("live");
  }

  static Stream<List<String>> mutants() throws IOException {
    return ModelChecker.table("mutants.txt").stream();
  }

  private static void holds(List<String> run, boolean live) throws Exception {
    ModelChecker.Result result = ModelChecker.check(run.get(1), "none", run.get(3), live);
    assertEquals("", result.broken(), result.output());
    assertTrue(result.states() >= Long.parseLong(run.get(2)), result.states() + " states");
    System.out.println("TLC: " + run.get(1) + " holds, " + result.states() + " states");
  }

  @ParameterizedTest
  @MethodSource("always")
  void a_specification_holds(List<String> run) throws Exception {
    holds(run, false);
  }

  @Tag("full")
  @ParameterizedTest
  @MethodSource("full")
  void a_specification_holds_with_larger_constants(List<String> run) throws Exception {
    holds(run, false);
  }

  @Tag("full")
  @ParameterizedTest
  @MethodSource("live")
  void nobody_waits_for_ever_once_faults_stop(List<String> run) throws Exception {
    holds(run, true);
  }

  @ParameterizedTest
  @MethodSource("mutants")
  void a_broken_rule_is_refuted(List<String> mutant) throws Exception {
    ModelChecker.Result result =
        ModelChecker.check(mutant.get(0), mutant.get(1), mutant.get(3), false);
    assertEquals(mutant.get(2), result.broken(), result.output());
    assertTrue(result.steps().size() > 3, result.output());
    System.out.println(
        "TLC: "
            + mutant.get(0)
            + ", "
            + mutant.get(1)
            + ": not "
            + result.broken()
            + " after "
            + String.join(", ", result.steps()));
  }

  @Test
  @Tag("full")
  void one_who_waits_behind_its_own_node_waits_for_ever() throws Exception {
    ModelChecker.Result result =
        ModelChecker.check(
            "Queue", "no sync before a retry", "Creates = 3, Sessions = 1, Requests = {}", true);
    assertEquals("Temporal properties were violated", result.broken(), result.output());
  }
}
