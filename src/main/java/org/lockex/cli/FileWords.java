package org.lockex.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
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
    String named = why instanceof FileSystemException failed ? failed.getFile() : null;
    return (named == null ? file : named) + ": " + why(why);
  }

  /**
   * The same without a name, for a failure that may be about a file that nobody has heard of.
   *
   * @param why a file could not be used
   * @return the reason
   */
  public static String why(IOException why) {
    return switch (why) {
      case NoSuchFileException _ -> "no such file";
      case AccessDeniedException _ -> "permission denied";
      case FileAlreadyExistsException there
          when there.getFile() != null && !Files.isDirectory(Path.of(there.getFile())) ->
          "not a directory";
      case FileSystemException failed when failed.getReason() != null -> clause(failed.getReason());
      case FileSystemException failed -> words(failed);
      case CharacterCodingException _ -> "is not UTF-8";
      default -> clause(String.valueOf(why.getMessage()));
    };
  }

  /** Of those whose message is the file alone. */
  private static String words(FileSystemException failed) {
    return switch (failed) {
      case FileAlreadyExistsException _ -> "exists already";
      case NotDirectoryException _ -> "not a directory";
      case DirectoryNotEmptyException _ -> "directory not empty";
      case FileSystemLoopException _ -> "too many levels of symbolic links";
      default -> "cannot be used";
    };
  }

  private static String clause(String sentence) {
    return sentence.isEmpty()
        ? "cannot be used"
        : sentence.substring(0, 1).toLowerCase(Locale.ROOT) + sentence.substring(1);
  }
}
