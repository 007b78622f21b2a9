package org.lockex.security;

/**
 * Why there is nothing to log in with.
 *
 * @param why one clause
 * @param mayPass whether it can be over by itself: somebody did not answer
 */
public record SaslFailure(String why, boolean mayPass) {}
