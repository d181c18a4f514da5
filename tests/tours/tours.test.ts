// Every client makes its tour: each offered operation at least once, nothing fails, and what must be refused is refused.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { skipWithout } from '../harness/missing-tool.ts'
import { tourNodemailer } from './nodemailer-tour.ts'
import { missingTool, tourPython } from './python-tours.ts'
import { tourSdkV1, tourSdkV2 } from './sdk-tours.ts'
import { missedOperations, type Tour } from './tally.ts'

function judge(tour: Tour, operationsMin: number): void {
  assert.deepEqual(tour.failures, [])
  const count = Object.keys(tour.visits).length
  assert.ok(count >= operationsMin, `${tour.client} called ${count} operations`)
  assert.ok(
    Object.values(tour.visits).some(({ refused }) => refused > 0),
    'nothing was refused',
  )
}

test('an offered operation that no tour visits is a failure, unless it is excused; an excuse that is not needed is one too', () => {
  const tour = { client: 'x', visits: { 'sesv2.A': { calls: 1, ok: 1, refused: 0 } }, failures: [], unknown: [] }
  assert.deepEqual(missedOperations(tour, ['sesv2.A', 'sesv2.B', 'sesv2.C'], { 'sesv2.C': 'why', 'sesv2.A': 'no more' }), [
    'sesv2.B is offered, and the tour does not visit it',
    'sesv2.A is excused, and the tour visits it',
  ])
})

test('@aws-sdk/client-sesv2 visits every offered operation', async (t) => judge(await tourSdkV2(t), 89))

test('@aws-sdk/client-ses and client-sts visit every offered operation', async (t) => judge(await tourSdkV1(t), 54))

test('nodemailer sends by the SES transport and by SMTP', async (t) => judge(await tourNodemailer(t), 9))

for (const [tool, operationsMin] of [
  ['boto3', 120],
  ['awscli', 120],
] as const) {
  test(`Debian's ${tool} visits every offered operation that it knows`, async (t) => {
    const reason = await missingTool(tool)
    if (reason) skipWithout(t, reason)
    else judge(await tourPython(t, tool), operationsMin)
  })
}
