// File name extensions that SES does not carry, because the recipient's machine would run them (ses.md §8.2).

const blocked = new Set(
  `ade adp app asp bas bat cer chm cmd com cpl crt csh der exe fxp gadget hlp hta inf ins isp its js jse ksh lib lnk mad maf mag mam
  maq mar mas mat mau mav maw mda mdb mde mdt mdw mdz msc msh msh1 msh2 mshxml msh1xml msh2xml msi msp mst ops pcd pif plg prf prg reg
  scf scr sct shb shs sys ps1 ps1xml ps2 ps2xml psc1 psc2 tmp url vb vbe vbs vps vsmacros vss vst vsw vxd ws wsc wsf wsh xnk`.split(/\s+/),
)

/** True for a name that must not be attached. Trailing dots and spaces do not hide an extension: Windows drops them. */
export function isBlockedName(fileName: string): boolean {
  // By hand: a regex for the end of the text begins anew at each of many thousand blanks.
  let end = fileName.length
  while (end > 0 && /[\s.\0]/.test(fileName.charAt(end - 1))) end--
  const name = fileName.slice(0, end).toLowerCase()
  return blocked.has(name.slice(name.lastIndexOf('.') + 1)) && name.includes('.')
}
