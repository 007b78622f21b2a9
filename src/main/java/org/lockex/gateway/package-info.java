/**
 * lockexd: the locks of lockex for programs that speak HTTP. One lease model ({@link
 * org.lockex.gateway.lease.Leases}) that knows no wire format, and one small class for each
 * dialect.
 */
@NullMarked
package org.lockex.gateway;

import org.jspecify.annotations.NullMarked;
