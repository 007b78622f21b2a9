package org.lockex.gateway.http;

import java.time.Duration;

/**
 * How much clients may send, and how slowly.
 *
 * @param body bytes of a request's body; more get 413
 * @param bodies for the bodies of all requests together; a larger one gets 503
 * @param arrival how long a request may take to arrive, its header and its body each
 * @param header bytes of its line and header; more get 431
 * @param connections of one address that is no trusted proxy's; further ones are closed
 */
public record RequestLimits(
    int body, BodyRoom bodies, Duration arrival, int header, int connections) {}
