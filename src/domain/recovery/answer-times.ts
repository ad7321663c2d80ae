/** Ratio of the ends of two neighbouring buckets in the histogram of answer times: a bucket is at most 5 % wide. */
const growth = 1.05;
const firstEndSeconds = 0.01;
const lastBucket = 500;

/** The histogram bucket for an answer this many seconds after the restore was declared. */
export function answerTimeBucket(seconds: number): number {
  if (seconds <= firstEndSeconds) return 0;
  return Math.min(lastBucket, Math.ceil(Math.log(seconds / firstEndSeconds) / Math.log(growth)));
}

/** The end of a bucket, in seconds. It is reported for all answers in the bucket, so it is never less than the truth. */
export function bucketEndSeconds(bucket: number): number {
  return firstEndSeconds * growth ** bucket;
}

export type BucketCount = { readonly bucket: number; readonly devices: number };

/**
 * The time by which a share of `total` devices had answered: seconds after the declaration, at most 5 % too high; null
 * while fewer have.
 */
export function answerTimeQuantile(histogram: readonly BucketCount[], total: number, share: number): number | null {
  const wanted = Math.max(1, Math.ceil(total * share));
  let seen = 0;
  for (const { bucket, devices } of histogram.toSorted((a, b) => a.bucket - b.bucket)) {
    seen += devices;
    if (seen >= wanted) return Math.round(bucketEndSeconds(bucket) * 1000) / 1000;
  }
  return null;
}
