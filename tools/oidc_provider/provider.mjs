// A real OpenID provider on loopback. People are named by their login: `ada` has the confirmed address ada@example.org,
// `unproved-ada` has ada@example.org unconfirmed, `ada@elsewhere.example` has just that address.
import Provider from 'oidc-provider'

const [, , port, callback] = process.argv
const claims = (login) => {
  const name = login.replace(/^unproved-/, '')
  return {
    sub: login,
    email: name.includes('@') ? name : `${name}@example.org`,
    email_verified: !login.startsWith('unproved-'),
    name
  }
}
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: 'companion', client_secret: 'secret-of-the-tests', redirect_uris: [callback] }],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  findAccount: (_context, login) => ({ accountId: login, claims: () => claims(login) }),
  pkce: { required: () => true },
  cookies: { keys: ['keys-of-the-tests'] }
})
provider.listen(Number(port), '127.0.0.1', () => console.log('listening'))
