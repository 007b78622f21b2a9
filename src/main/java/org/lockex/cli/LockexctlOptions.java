package org.lockex.cli;

/**
 * What a lockexctl command line asks for.
 *
 * @param connection where the locks are
 * @param verbosity how to speak on stderr
 * @param json whether what is printed is JSON
 * @param action what to do
 */
public record LockexctlOptions(
    Connection connection, Verbosity verbosity, boolean json, LockexctlAction action) {}
