/** Half the order of P-256 (FIPS 186-4, D.1.2.3): Fabric takes only signatures with S up to this. */
const HALF_ORDER = 0x7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8n;

/** Whether an ECDSA signature (DER: a sequence of the integers R and S) has a low S. */
export function isLowS(signature: Uint8Array): boolean {
  const lengthOfR = signature[3] ?? 0;
  const s = signature.subarray(4 + lengthOfR + 2);
  return BigInt(`0x${Buffer.from(s).toString('hex')}`) <= HALF_ORDER;
}
