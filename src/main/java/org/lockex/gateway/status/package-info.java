/** What people and their tools look at: the status page, its events, metrics. */
@NullMarked
package org.lockex.gateway.status;

import org.jspecify.annotations.NullMarked;
