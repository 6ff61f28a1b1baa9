import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import path from 'node:path'
import { makeCertificates } from '../test/support/certificates.ts'

/** A page of 1 KiB on loopback, in a process of its own. */
export type PageTarget = {
  readonly kind: 'nginx' | 'node'
  readonly httpPort: number
  readonly httpsPort: number
  /** The authority of its certificate, which is ECDSA on P-256. */
  readonly caFile: string
  end(): Promise<void>
}

const PAGE = 'uptick '.repeat(147).slice(0, 1024)

/** nginx where it is installed, else Node; both speak TLS 1.3 alone. Its files are written to the folder. */
export async function startPageTarget(folder: string): Promise<PageTarget> {
  const [httpPort, httpsPort] = [await freePort(), await freePort()]
  const { ca, valid } = await makeCertificates()
  const caFile = path.join(folder, 'ca.pem')
  await writeFile(caFile, ca)
  await writeFile(path.join(folder, 'cert.pem'), valid.cert)
  await writeFile(path.join(folder, 'key.pem'), valid.key)
  const kind = isInstalled('nginx') ? 'nginx' : 'node'
  const config = path.join(folder, kind === 'nginx' ? 'nginx.conf' : 'page-target.mjs')
  const text = kind === 'nginx' ? nginxConfig : nodeServer
  await writeFile(config, text(folder, httpPort, httpsPort))
  const child =
    kind === 'nginx'
      ? spawn('nginx', ['-c', config, '-e', path.join(folder, 'error.log')], { stdio: 'ignore' })
      : spawn(process.execPath, [config], { stdio: 'ignore' })
  await untilListening(httpsPort)
  return {
    kind,
    httpPort,
    httpsPort,
    caFile,
    async end() {
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'exit')
    },
  }
}

export function isInstalled(program: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** One that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const port = portOf(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}

function portOf(server: Server): number {
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port')
  return address.port
}

/** Waits until somebody accepts connections on a port of loopback; gives up after 10 s. */
export async function untilListening(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch((error: unknown) => error)
    const cause = answer instanceof Error ? answer.cause : null
    const isRefused = cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED'
    if (!isRefused) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`nothing listens on port ${port}`)
}

function nginxConfig(folder: string, httpPort: number, httpsPort: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return `
worker_processes 1;
daemon off;
pid ${folder}/nginx.pid;
events { worker_connections 4096; }
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  server {
    listen 127.0.0.1:${httpPort} backlog=4096;
    location / { return 200 '${PAGE}'; }
  }
  server {
    listen 127.0.0.1:${httpsPort} ssl backlog=4096;
    ssl_certificate ${folder}/cert.pem;
    ssl_certificate_key ${folder}/key.pem;
    ssl_protocols TLSv1.3;
    location / { return 200 '${PAGE}'; }
  }
}
`
}

function nodeServer(folder: string, httpPort: number, httpsPort: number): string {
  return `
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
const answer = (_request, response) => response.end(${JSON.stringify(PAGE)})
const key = readFileSync(${JSON.stringify(path.join(folder, 'key.pem'))})
const cert = readFileSync(${JSON.stringify(path.join(folder, 'cert.pem'))})
createServer(answer).listen({ host: '127.0.0.1', port: ${httpPort}, backlog: 4096 })
createTlsServer({ key, cert, minVersion: 'TLSv1.3' }, answer).listen({ host: '127.0.0.1', port: ${httpsPort}, backlog: 4096 })
`
}
