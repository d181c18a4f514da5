// The place of the virus scanner: today it knows the EICAR test file only, with which SES's users test their Reject events (ses.md §7.4).
// A real scanner comes behind the same question.

// In two pieces, so that no scanner stops this file.
const marker = Buffer.from(['$EICAR-STANDARD-', 'ANTIVIRUS-TEST-FILE!$H+H*'].join(''), 'latin1')
const start = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}', '$EICAR'].join('')
// The file begins with its mark, so base64 of it always begins alike; 32 characters never reach a line's end.
const encodedStart = Buffer.from(Buffer.from(start, 'latin1').toString('base64').slice(0, 32), 'latin1')

/** True when the wire bytes carry the test file, in clear or as the beginning of a base64 part. */
export function carriesTestVirus(bytes: Buffer): boolean {
  return bytes.includes(marker) || bytes.includes(encodedStart)
}
