// Test Anything Protocol: check('a sentence', async () => { … throws when wrong … }), then finish().
let count = 0
let failed = 0

export async function check(name, run) {
  count += 1
  try {
    await run()
    console.log(`ok ${count} - ${name}`)
  } catch (error) {
    failed += 1
    console.log(`not ok ${count} - ${name}`)
    console.log(String(error?.stack ?? error).replace(/^/gm, '# '))
  }
}

export function skipAll(reason) {
  console.log(`1..0 # SKIP ${reason}`)
  process.exit(0)
}

export function finish() {
  console.log(`1..${count}`)
  process.exitCode = failed === 0 ? 0 : 1
}
