import { execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { access, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { isAlive } from './is-alive.ts'

const run = promisify(execFile)

const MIN_JAVA_VERSION = 17
const ASK_VERSION_TIMEOUT_MS = 10_000
/** Maven Central has answered by then, or counts as out of reach. */
const FIRST_ANSWER_TIMEOUT_MS = 30_000
/** A slow download goes on as long as one more file arrives within this. */
const STALL_TIMEOUT_MS = 120_000
/** 43 MB in this time is 0.5 Mbit/s. */
const FETCH_TIMEOUT_MS = 12 * 60_000
const FETCH_GOAL = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies'

const opsFolder = path.join(import.meta.dirname, '../../ops/kafka')

export type KafkaRuntime = {
  readonly available: true
  readonly java: string
  readonly javaVersion: number
  /** The folder that holds the jars and nothing else. */
  readonly jarFolder: string
}

export type NoKafka = { readonly available: false; readonly reason: string }

/**
 * Finds what a native broker needs, and fetches its jars where they are not there yet: once per
 * user and machine, then no network is needed. Without Java, Maven or Maven Central that is known
 * within 45 s, and the reason is one line.
 */
export async function findKafkaRuntime(
  cacheFolder = userCacheFolder(),
): Promise<KafkaRuntime | NoKafka> {
  const java = await findJava()
  if (java === null) return unavailable(`no Java ${MIN_JAVA_VERSION} or newer (JAVA_HOME, PATH)`)
  const pom = await readFile(path.join(opsFolder, 'pom.xml'), 'utf8')
  const name = `kafka-${createHash('sha256').update(pom).digest('hex').slice(0, 12)}`
  const jarFolder = path.join(cacheFolder, name)
  const fetched = (await exists(jarFolder)) ? null : await fetchJars(jarFolder)
  if (fetched !== null) return unavailable(fetched)
  return { available: true, java: java.file, javaVersion: java.version, jarFolder }
}

/** Jars are kept here across checkouts of one user. */
export function userCacheFolder(): string {
  return path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'uptick')
}

/** 17 from `openjdk version "17.0.15" 2025-04-15`, 8 from `java version "1.8.0_402"`; null where it says neither. */
export function parseJavaVersion(text: string): number | null {
  const match = /version "(?:1\.)?(\d+)/.exec(text)
  return match === null ? null : Number(match[1])
}

function unavailable(reason: string): NoKafka {
  return { available: false, reason }
}

/** By its whole path, since a supervisor that starts it later may have another PATH. */
async function findJava(): Promise<{ file: string; version: number } | null> {
  const home = process.env.JAVA_HOME
  const folders = [
    ...(home ? [path.join(home, 'bin')] : []),
    ...(process.env.PATH ?? '').split(path.delimiter),
  ]
  for (const folder of folders.filter((name) => name !== '')) {
    const file = path.join(folder, 'java')
    const version = parseJavaVersion(await askVersion(file, ['-version']))
    if (version !== null && version >= MIN_JAVA_VERSION) return { file, version }
  }
  return null
}

/** What the program prints; empty where there is no such program or it fails, which is an answer. */
async function askVersion(file: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout, stderr } = await run(file, args, { timeout: ASK_VERSION_TIMEOUT_MS })
    return stdout + stderr
  } catch {
    return ''
  }
}

/** Null when the jars are there, else why they are not. All or nothing, and safe in parallel. */
async function fetchJars(jarFolder: string): Promise<string | null> {
  if ((await askVersion('mvn', ['-v'])) === '') return "no Maven (mvn) to fetch Kafka's jars with"
  await mkdir(path.dirname(jarFolder), { recursive: true })
  await removeUnfinished(jarFolder)
  const unfinished = `${jarFolder}.unfinished-${process.pid}`
  try {
    const failure = await runMaven(unfinished)
    if (failure !== null) return failure
    await rename(unfinished, jarFolder).catch(async (error) => {
      if (!(await exists(jarFolder))) throw error
    })
    return null
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
}

/** What a killed fetch has left behind. The number at its end is the process that made it. */
async function removeUnfinished(jarFolder: string): Promise<void> {
  const parent = path.dirname(jarFolder)
  const leftovers = (await readdir(parent)).filter((name) => /\.unfinished-\d+$/.test(name))
  for (const name of leftovers) {
    const pid = Number(name.split('-').at(-1))
    if (!isAlive(pid)) await rm(path.join(parent, name), { recursive: true, force: true })
  }
}

/** Null when Maven is done, else why not. Each line it prints is progress; silence ends it. */
async function runMaven(outputFolder: string): Promise<string | null> {
  const args = ['-B', '-f', path.join(opsFolder, 'pom.xml'), FETCH_GOAL]
  const options = [`-DoutputDirectory=${outputFolder}`, '-DincludeScope=runtime']
  const child = spawn('mvn', [...args, ...options], { stdio: ['ignore', 'pipe', 'ignore'] })
  let failure: string | null = null
  const giveUp = (reason: string) => {
    failure = reason
    child.kill('SIGKILL')
  }
  const whole = setTimeout(() => giveUp('the download of Kafka took too long'), FETCH_TIMEOUT_MS)
  const silence = () => giveUp('Maven Central does not answer')
  let stall = setTimeout(silence, FIRST_ANSWER_TIMEOUT_MS)
  let lastError = ''
  createInterface(child.stdout).on('line', (line) => {
    if (line.includes('Downloaded from')) {
      clearTimeout(stall)
      stall = setTimeout(silence, STALL_TIMEOUT_MS)
    }
    if (line.startsWith('[ERROR]') && lastError === '')
      lastError = line.slice('[ERROR]'.length, 200).trim()
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  clearTimeout(whole)
  clearTimeout(stall)
  if (failure === null && code !== 0) return `Maven could not fetch Kafka's jars: ${lastError}`
  return failure
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  )
}
