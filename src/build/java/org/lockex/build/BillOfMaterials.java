package org.lockex.build;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the image holds of others: a bill of materials for programs that look for known holes, and a
 * few lines for {@code --version -v}. Maven's plugin lists the libraries of the build; those that
 * are not in the image go, and the Java runtime, which Maven does not know, is added.
 */
final class BillOfMaterials {
  /** Those whose versions people ask for, by the name of their jar. */
  private static final List<List<String>> ASKED =
      List.of(
          List.of("zookeeper", "ZooKeeper"),
          List.of("curator-framework", "Curator"),
          List.of("jetty-server", "Jetty"));

  private BillOfMaterials() {}

  /**
   * Writes {@code share/lockex.cdx.json} and {@code lib/versions} from what the plugin has written.
   *
   * @throws IOException when the image has a jar that the plugin does not list
   */
  static void write(Path listed, Path image) throws IOException {
    ObjectMapper json = new ObjectMapper();
    ObjectNode bill = (ObjectNode) json.readTree(listed.toFile());
    Set<String> jars =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(element -> Path.of(element).getFileName().toString())
            .filter(name -> name.endsWith(".jar"))
            .collect(Collectors.toCollection(TreeSet::new));
    List<String> versions = new ArrayList<>();
    ObjectNode runtime = runtime(json);
    versions.add("Java " + runtime.path("version").asText());
    Set<String> gone = new TreeSet<>();
    ArrayNode components = (ArrayNode) bill.path("components");
    components.removeIf(component -> !jars.remove(jar(component)) && gone.add(ref(component)));
    if (!jars.isEmpty()) {
      throw new IOException(listed + " does not list " + jars);
    }
    for (List<String> asked : ASKED) {
      for (JsonNode component : components) {
        if (component.path("name").asText().equals(asked.getFirst())) {
          versions.add(asked.getLast() + " " + component.path("version").asText());
        }
      }
    }
    components.add(runtime);
    depend((ArrayNode) bill.path("dependencies"), bill, gone, ref(runtime));
    Folders.write(
        image.resolve("share/lockex.cdx.json"),
        (json.writerWithDefaultPrettyPrinter().writeValueAsString(bill) + "\n").getBytes(UTF_8));
    Folders.write(
        image.resolve("lib/versions"), (String.join("\n", versions) + "\n").getBytes(UTF_8));
  }

  /** The whole of it needs the runtime; nothing needs what is gone. */
  private static void depend(
      ArrayNode dependencies, ObjectNode bill, Set<String> gone, String runtime) {
    String whole = ref(bill.path("metadata").path("component"));
    dependencies.removeIf(entry -> gone.contains(entry.path("ref").asText()));
    for (JsonNode entry : dependencies) {
      if (entry.path("dependsOn") instanceof ArrayNode needed) {
        needed.removeIf(ref -> gone.contains(ref.asText()));
        if (entry.path("ref").asText().equals(whole)) {
          needed.add(runtime);
        }
      }
    }
    dependencies.addObject().put("ref", runtime).putArray("dependsOn");
  }

  private static String jar(JsonNode component) {
    return component.path("name").asText() + "-" + component.path("version").asText() + ".jar";
  }

  private static String ref(JsonNode component) {
    return component.path("bom-ref").asText();
  }

  /** The JDK that runs this, from which the runtime was linked. */
  private static ObjectNode runtime(ObjectMapper json) throws IOException {
    Properties release = new Properties();
    String text = Files.readString(Path.of(System.getProperty("java.home"), "release"));
    release.load(new StringReader(text.replace("\"", "")));
    String version = release.getProperty("JAVA_RUNTIME_VERSION", Runtime.version().toString());
    String number = release.getProperty("JAVA_VERSION");
    ObjectNode runtime = json.createObjectNode();
    runtime.put("type", "platform");
    runtime.put("bom-ref", "pkg:generic/openjdk@" + version.replace("+", "%2B"));
    runtime.put("publisher", release.getProperty("IMPLEMENTOR", "unknown"));
    runtime.put("name", "openjdk");
    runtime.put("version", version);
    runtime.put("description", "The Java runtime, cut down to the modules that are needed.");
    // By this name scanners find its known holes.
    runtime.put("cpe", "cpe:2.3:a:oracle:openjdk:" + number + ":*:*:*:*:*:*:*");
    runtime.put("purl", "pkg:generic/openjdk@" + version.replace("+", "%2B"));
    return runtime;
  }
}
