/** The promise's value, or what `otherwise` gives where it takes longer than this; the work behind it goes on. */
export async function withDeadline<T, U>(promise: Promise<T>, timeoutMs: number, otherwise: () => U): Promise<T | U> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<U>((resolve) => {
    timer = setTimeout(() => resolve(otherwise()), timeoutMs);
  });
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
