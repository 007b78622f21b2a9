/** What is measured of locks, under which names, whoever looks at them. */
@NullMarked
package org.lockex.metrics;

import org.jspecify.annotations.NullMarked;
