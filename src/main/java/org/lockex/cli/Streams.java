package org.lockex.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * What a program reads and writes; only what it says about itself does not wait for its reader.
 *
 * @param in its answers
 * @param out what it was asked for
 * @param err what it says about itself
 */
public record Streams(InputStream in, OutputStream out, LineWriter err) {
  /** {@return those of this process} */
  public static Streams standard() {
    return new Streams(
        new FileInputStream(FileDescriptor.in),
        new FileOutputStream(FileDescriptor.out),
        LineWriter.ofStderr());
  }
}
