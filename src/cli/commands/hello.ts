// `bulkhead hello <recipient>`: the first message. Makes one tenant with an identity and a configuration set, sends, and says what to do next.
// Every step is an ordinary SES operation and is printed as the command that does the same, so that the second message needs no guide.
import { Command } from 'commander'
import { pause } from '../../kit/clock.ts'
import { findConnection } from '../connection.ts'
import { helloLookMs, helloLooksMax } from '../limits.ts'
import { CommandFailure, exitCodes, type GlobalOptions, serviceFailure, type Terminal, usageFailure } from '../terminal.ts'

const tenantName = 'hello'
const domain = 'hello.test'
const configurationSetName = 'hello'

/** Repeatable: what is there already stays. */
export function helloCommand(terminal: Terminal): Command {
  return new Command('hello')
    .description('send a first message: makes a tenant, an identity and a configuration set for it (development mode)')
    .argument('<recipient>', 'where to, for example you@anywhere.test')
    .addHelpText('after', '\nExample:\n  bulkhead hello you@anywhere.test')
    .action((recipient: string, _own: object, self: Command) => hello(recipient, self.optsWithGlobals<GlobalOptions>(), terminal))
}

async function hello(recipient: string, options: GlobalOptions, terminal: Terminal): Promise<void> {
  if (!/^\S+@\S+$/.test(recipient)) throw usageFailure(`${recipient} is no e-mail address`)
  const sdk = await import('@aws-sdk/client-sesv2')
  const { endpoint, region, ...credentials } = findConnection(options, terminal)
  const client = new sdk.SESv2Client({ endpoint, region, credentials })
  const step = async <Answer>(command: string, call: Promise<Answer>): Promise<Answer | undefined> => {
    terminal.out(`$ bulkhead ses ${command}\n`)
    try {
      return await call
    } catch (fault) {
      if (fault instanceof sdk.AlreadyExistsException) return undefined
      if (fault instanceof sdk.SESv2ServiceException) {
        const { exitCode, message } = serviceFailure(fault.name, command.split(' ')[0] ?? '', fault.message)
        const inSandbox = fault instanceof sdk.MessageRejected && !(await client.send(new sdk.GetAccountCommand({}))).ProductionAccessEnabled
        const hint = inSandbox ? '\nThe account is in the sandbox: it sends to verified recipients only. `bulkhead account grant` ends that.' : ''
        throw new CommandFailure(exitCode, message + hint, { cause: fault })
      }
      throw new CommandFailure(exitCodes.general, `Could not connect to the endpoint URL: "${endpoint}". Is the service running? \`npm start\` starts it.`, {
        cause: fault,
      })
    }
  }
  try {
    const tenant = await step(`create-tenant --tenant-name ${tenantName}`, client.send(new sdk.CreateTenantCommand({ TenantName: tenantName })))
    const arn = tenant?.TenantArn ?? (await client.send(new sdk.GetTenantCommand({ TenantName: tenantName }))).Tenant?.TenantArn ?? ''
    const arnBase = arn.slice(0, arn.indexOf(':tenant/') + 1)
    await step(`create-email-identity --email-identity ${domain}`, client.send(new sdk.CreateEmailIdentityCommand({ EmailIdentity: domain })))
    await step(
      `create-configuration-set --configuration-set-name ${configurationSetName}`,
      client.send(new sdk.CreateConfigurationSetCommand({ ConfigurationSetName: configurationSetName })),
    )
    for (const resource of [`identity/${domain}`, `configuration-set/${configurationSetName}`]) {
      await step(
        `create-tenant-resource-association --tenant-name ${tenantName} --resource-arn ${arnBase}${resource}`,
        client.send(new sdk.CreateTenantResourceAssociationCommand({ TenantName: tenantName, ResourceArn: `${arnBase}${resource}` })),
      )
    }
    for (let looks = 0; !(await client.send(new sdk.GetEmailIdentityCommand({ EmailIdentity: domain }))).VerifiedForSendingStatus; looks++) {
      if (looks >= helloLooksMax) {
        throw new CommandFailure(
          exitCodes.general,
          `${domain} is not verified: its DNS records are not there. In development mode the built-in DNS has them; elsewhere use a domain of your own.`,
        )
      }
      await pause(terminal.clock, helloLookMs)
    }
    const content = {
      Simple: {
        Subject: { Data: 'Hello from Bulkhead' },
        Body: { Text: { Data: 'This is the first message. It crossed the tenant gate, a durable spool, two DKIM signatures and SMTP.' } },
      },
    }
    const sent = await step(
      `send-email --tenant-name ${tenantName} --configuration-set-name ${configurationSetName} --from-email-address me@${domain} --destination ToAddresses=${recipient} --content '${JSON.stringify(content)}'`,
      client.send(
        new sdk.SendEmailCommand({
          TenantName: tenantName,
          ConfigurationSetName: configurationSetName,
          FromEmailAddress: `me@${domain}`,
          Destination: { ToAddresses: [recipient] },
          Content: content,
        }),
      ),
    )
    terminal.out(`\nAccepted as ${sent?.MessageId}\n\nNow look at it:\n  npx bulkhead inbox\n  npx bulkhead events tail --no-follow\n`)
  } finally {
    client.destroy()
  }
}
