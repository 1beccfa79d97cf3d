/**
 * How certificates say that one process holds the keys of every organization, so that nothing signed with them passes
 * for the word of independent organizations.
 */
export const DEMO_WORDS = 'DEMO – all keys in one process';

/**
 * Below the arc for examples (ITU-T X.660: 2.999), which means nothing to anybody else. An arc made of a UUID (2.25)
 * would be of our own, but Go, and so Fabric, cannot parse numbers beyond 31 bits there.
 */
export const DEMO_EXTENSION = '2.999.476349744';
