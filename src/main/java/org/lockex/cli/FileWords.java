package org.lockex.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/** Why a file cannot be used, in the words of the system and not of a library. */
public final class FileWords {
  private FileWords() {}

  /**
   * One clause.
   *
   * @param file that was to be used
   * @param why it could not be
   * @return {@code FILE: reason}
   */
  public static String of(Path file, IOException why) {
    return switch (why) {
      case NoSuchFileException missing -> missing.getFile() + ": no such file";
      case AccessDeniedException denied -> denied.getFile() + ": permission denied";
      case FileSystemException failed when failed.getReason() != null ->
          failed.getFile() + ": " + failed.getReason().toLowerCase(Locale.ROOT);
      case CharacterCodingException _ -> file + ": is not UTF-8";
      default -> file + ": " + String.valueOf(why.getMessage()).toLowerCase(Locale.ROOT);
    };
  }
}
