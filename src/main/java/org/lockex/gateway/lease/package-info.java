/**
 * The lease model: grants locks over ZooKeeper to clients that have no session. Knows no protocol.
 */
@NullMarked
package org.lockex.gateway.lease;

import org.jspecify.annotations.NullMarked;
