package org.lockex.znode;

import java.util.Optional;

/**
 * Where a run was: two commands of the same words in two directories have one derived lock id and
 * are not the same job.
 *
 * @param directory the working directory, absolute
 * @param program the file that was executed, absolute; as it was named where it was not found
 */
public record RunOrigin(String directory, String program) {

  void write(JsonWriter json) {
    json.text("directory", directory).text("program", program);
  }

  /** Empty for a record of version 1.0, which tells neither. */
  static Optional<RunOrigin> read(JsonObject json) {
    Optional<String> program = json.text("program");
    return json.text("directory")
        .filter(told -> program.isPresent())
        .map(directory -> new RunOrigin(directory, program.orElseThrow()));
  }
}
