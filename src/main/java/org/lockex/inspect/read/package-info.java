/** How much is read and watched at once, from servers of every age. */
@NullMarked
package org.lockex.inspect.read;

import org.jspecify.annotations.NullMarked;
