package org.lockex.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * What a program reads and writes, unbuffered.
 *
 * @param in its answers
 * @param out what it was asked for
 * @param err what it says about itself
 */
public record Streams(InputStream in, OutputStream out, OutputStream err) {
  /** {@return those of this process} */
  public static Streams standard() {
    return new Streams(
        new FileInputStream(FileDescriptor.in),
        new FileOutputStream(FileDescriptor.out),
        new FileOutputStream(FileDescriptor.err));
  }
}
