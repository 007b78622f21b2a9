/** What monitoring is told of locks. */
@NullMarked
package org.lockex.inspect.check;

import org.jspecify.annotations.NullMarked;
