package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the image holds of others is told by its bill of materials and by {@code --version -v}. */
class SupplyChainE2E {
  private static String run(String program, String... args) {
    Image.Result result = Image.start(Map.of(), new byte[0], Image.with(program, args)).end();
    assertEquals(0, result.code(), result.err());
    return result.out();
  }

  @ParameterizedTest
  @ValueSource(strings = {"lockex", "lockexctl", "lockexd"})
  void each_program_tells_the_versions_of_what_is_bundled(String program) throws Exception {
    String plain = run(Image.bin(program), "--version");
    assertEquals(1, plain.lines().count(), plain);
    String all = run(Image.bin(program), "--version", "-v");
    assertTrue(all.startsWith(plain), all);
    String release = Files.readString(Image.HOME.resolve("runtime/release"));
    String java = release.replaceAll("(?s).*JAVA_VERSION=\"([^\"]*)\".*", "$1");
    assertTrue(all.contains("\nJava " + java), all);
    for (String bundled : List.of("ZooKeeper 3.", "Curator 5.", "Jetty 12.")) {
      assertTrue(all.contains("\n" + bundled), all);
    }
    for (String[] words :
        new String[][] {{"-V", "-v"}, {"-v", "-V"}, {"--verbose", "--version"}, {"-vV"}}) {
      assertEquals(all, run(Image.bin(program), words), String.join(" ", words));
    }
  }

  @Test
  void the_bill_of_materials_has_all_that_the_image_has() throws Exception {
    JsonNode bill =
        new ObjectMapper().readTree(Image.HOME.resolve("share/lockex.cdx.json").toFile());
    assertEquals("CycloneDX", bill.path("bomFormat").asText());
    Set<String> listed = new TreeSet<>();
    Set<String> refs = new TreeSet<>();
    for (JsonNode component : bill.path("components")) {
      listed.add(component.path("name").asText() + "-" + component.path("version").asText());
      refs.add(component.path("bom-ref").asText());
      assertTrue(component.path("purl").asText().startsWith("pkg:"), component.toString());
    }
    try (Stream<Path> files = Files.list(Image.HOME.resolve("lib"))) {
      for (Path jar : files.filter(file -> file.toString().endsWith(".jar")).toList()) {
        String name = jar.getFileName().toString().replace(".jar", "");
        assertTrue(name.equals("lockex") || listed.contains(name), name);
      }
    }
    // In lockex.jar with our own classes.
    for (String merged : List.of("zookeeper-3.", "curator-recipes-5.", "picocli-", "openjdk-25")) {
      assertTrue(listed.stream().anyMatch(name -> name.startsWith(merged)), merged);
    }
    assertTrue(listed.stream().noneMatch(name -> name.startsWith("junit")), listed.toString());
    for (JsonNode entry : bill.path("dependencies")) {
      for (JsonNode needed : entry.path("dependsOn")) {
        assertTrue(refs.contains(needed.asText()), needed.asText());
      }
    }
  }

  /** Such code is for the processor of the machine that built it; others end by SIGILL. */
  @ParameterizedTest
  @CsvSource({"lockex,Lockex", "lockexd,Lockexd", "local-server,local.LocalServer"})
  void no_cache_holds_machine_code(String cache, String main) throws Exception {
    List<String> java =
        new ArrayList<>(
            List.of(
                Image.HOME.resolve("runtime/bin/java").toString(),
                "-XX:AOTCache=" + cache(cache),
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "-Xlog:aot=info:stdout",
                "-Xlog:aot+codecache*=info:stdout",
                "--enable-native-access=org.lockex"));
    if (cache.equals("lockexd")) { // a cache is used with the class path that it was made with
      String launcher = Files.readString(Path.of(Image.bin("lockexd")));
      String jars = launcher.replaceAll("(?s).* -cp \"([^\"]*)\".*", "$1");
      java.addAll(List.of("-cp", jars.replace("$home", Image.HOME.toString())));
      java.addAll(List.of("--add-reads", "org.lockex=ALL-UNNAMED"));
    }
    java.addAll(List.of("-m", "org.lockex/org.lockex." + main, "--version"));
    String said = Image.start(Map.of(), new byte[0], java).end().out();
    assertTrue(said.contains("Using AOT-linked classes: true"), said);
    assertFalse(said.contains("AOT code entries"), said);
  }

  private static Path cache(String name) throws IOException {
    try (Stream<Path> files = Files.list(Image.HOME.resolve("lib"))) {
      return files
          .filter(file -> file.getFileName().toString().matches(name + "-[0-9a-f]+[.]aot"))
          .findFirst()
          .orElseThrow();
    }
  }
}
