// Writes the throw-away certificates of the test control plane into the folder named by its argument: a CA, server
// certificates for loopback, an administrator's client certificate, and a key pair for service-account tokens.
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

var folder string

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func write(name, kind string, bytes []byte) {
	data := pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: bytes})
	check(os.WriteFile(filepath.Join(folder, name), data, 0o600))
}

func newKey(name string) *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(err)
	bytes, err := x509.MarshalECPrivateKey(key)
	check(err)
	write(name+".key", "EC PRIVATE KEY", bytes)
	return key
}

func certificate(name string, subject pkix.Name, ca *x509.Certificate, caKey *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
	key := newKey(name)
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 100))
	check(err)
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      subject,
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(30 * 24 * time.Hour),
		KeyUsage:     x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		DNSNames:     []string{"localhost", "kubernetes.default.svc"},
		IPAddresses:  []net.IP{net.ParseIP("127.0.0.1"), net.ParseIP("10.0.0.1")},
	}
	if ca == nil {
		ca, caKey = template, key
		template.IsCA, template.BasicConstraintsValid = true, true
		template.KeyUsage = x509.KeyUsageCertSign
		template.ExtKeyUsage = nil
		template.DNSNames, template.IPAddresses = nil, nil
	}
	bytes, err := x509.CreateCertificate(rand.Reader, template, ca, &key.PublicKey, caKey)
	check(err)
	write(name+".crt", "CERTIFICATE", bytes)
	parsed, err := x509.ParseCertificate(bytes)
	check(err)
	return parsed, key
}

func main() {
	folder = os.Args[1]
	ca, caKey := certificate("ca", pkix.Name{CommonName: "test-ca"}, nil, nil)
	certificate("apiserver", pkix.Name{CommonName: "kube-apiserver"}, ca, caKey)
	certificate("kubelet", pkix.Name{CommonName: "kubelet"}, ca, caKey)
	certificate("admin", pkix.Name{CommonName: "admin", Organization: []string{"system:masters"}}, ca, caKey)
	accounts := newKey("accounts")
	public, err := x509.MarshalPKIXPublicKey(&accounts.PublicKey)
	check(err)
	write("accounts.pub", "PUBLIC KEY", public)
}
