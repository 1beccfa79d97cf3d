// tsyringe, which @peculiar/x509 is built on, looks for this when it is loaded.
import 'reflect-metadata';

/** The library that issues certificates. It takes the platform's own Web Crypto. */
export * from '@peculiar/x509';
