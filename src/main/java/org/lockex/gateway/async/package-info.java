/**
 * What lets the lease model run without blocking: steps one after another, and ZooKeeper as a
 * session that answers later.
 */
@NullMarked
package org.lockex.gateway.async;

import org.jspecify.annotations.NullMarked;
