package org.lockex.gateway.http;

import java.time.Duration;

/**
 * How large and how slow a request may be.
 *
 * @param body bytes of its body; more get 413
 * @param arrival how long it may take to arrive, its header and its body each
 * @param header bytes of its line and header; more get 431
 */
public record RequestLimits(int body, Duration arrival, int header) {}
