// The words of the mail that asks the owner of an address. Form of SES's own: ses.md §4.2.

/** Subject and text; one link, plain text, so that nothing in it can be hidden. */
export function verificationMail(address: string, url: string, region: string): { subject: string; text: string } {
  return {
    subject: `Email Address Verification Request in region ${region}`,
    text: [
      `Someone asked to send mail as ${address} with this service.`,
      '',
      'If it was you, open this link within 24 hours and confirm there:',
      '',
      url,
      '',
      'If you did not request to verify this email address, please disregard this message.',
      '',
    ].join('\r\n'),
  }
}
