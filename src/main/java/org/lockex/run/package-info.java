/** The flow: connect, acquire, spawn, wait, end, release. */
@NullMarked
package org.lockex.run;

import org.jspecify.annotations.NullMarked;
