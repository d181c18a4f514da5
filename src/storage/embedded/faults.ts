// Which errors mean "the disk or the database file is in trouble" rather than "this commit is wrong".

// SQLite primary result codes: BUSY 5, NOMEM 7, READONLY 8, IOERR 10, CORRUPT 11, FULL 13, CANTOPEN 14, PROTOCOL 15, NOLFS 22, NOTADB 26.
const mediumCodes = new Set([5, 7, 8, 10, 11, 13, 14, 15, 22, 26])
const sqliteFull = 13

/** True when the same commit may succeed once the medium does. Unknown system errors count as such. */
export function isMediumFault(fault: unknown): boolean {
  const primary = sqliteCode(fault)
  if (primary !== undefined) return mediumCodes.has(primary)
  return fault instanceof Error && 'syscall' in fault
}

/** True when what is missing is space. */
export function isSpaceFault(fault: unknown): boolean {
  if (sqliteCode(fault) === sqliteFull) return true
  const code = fault instanceof Error && 'code' in fault ? fault.code : undefined
  return code === 'ENOSPC' || code === 'EDQUOT'
}

function sqliteCode(fault: unknown): number | undefined {
  return fault instanceof Error && 'errcode' in fault ? Number(fault.errcode) & 0xff : undefined
}
