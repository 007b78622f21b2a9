package org.lockex.cli;

import picocli.CommandLine.Model.OptionSpec;

/** Options built without annotations: picocli's reflection costs 50 ms and more at start. */
final class OptionSpecs {
  private OptionSpecs() {}

  static OptionSpec value(String label, String description, String... names) {
    return OptionSpec.builder(names)
        .type(String.class)
        .arity("1")
        .paramLabel(label)
        .description(description)
        .build();
  }

  static OptionSpec flag(String description, String... names) {
    return OptionSpec.builder(names)
        .type(boolean.class)
        .arity("0")
        .description(description)
        .build();
  }
}
