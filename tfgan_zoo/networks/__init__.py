"""Networks: the forward pass alone, one architecture a file."""

from tfgan_zoo.networks.aod_net import AODNet
from tfgan_zoo.networks.base import RestorationNetwork
from tfgan_zoo.networks.blind_deconvolution import BlindDeconvolution
from tfgan_zoo.networks.classifier import ConvClassifier
from tfgan_zoo.networks.conditional import ConditionalNetwork, Discriminator, Generator
from tfgan_zoo.networks.dcgan import DCGANDiscriminator, DCGANGenerator
from tfgan_zoo.networks.dncnn import DnCNN
from tfgan_zoo.networks.guided import Guided
from tfgan_zoo.networks.interpolation import interpolated
from tfgan_zoo.networks.mixture import Mixture
from tfgan_zoo.networks.mlp_gan import MLPDiscriminator, MLPGenerator
from tfgan_zoo.networks.mobile_denoiser import MobileDenoiser
from tfgan_zoo.networks.mobile_sr import MobileSR
from tfgan_zoo.networks.pix2pix import PatchDiscriminator, UNetGenerator
from tfgan_zoo.networks.r3gan import R3Discriminator, R3Generator
from tfgan_zoo.networks.resunet import ResUNet
from tfgan_zoo.networks.srgan import SRGANDiscriminator
from tfgan_zoo.networks.srresnet import SRResNet
from tfgan_zoo.networks.vgg import VGG19Features

__all__ = [
    "AODNet",
    "BlindDeconvolution",
    "ConditionalNetwork",
    "ConvClassifier",
    "DCGANDiscriminator",
    "DCGANGenerator",
    "Discriminator",
    "DnCNN",
    "Generator",
    "Guided",
    "MLPDiscriminator",
    "MLPGenerator",
    "Mixture",
    "MobileDenoiser",
    "MobileSR",
    "PatchDiscriminator",
    "R3Discriminator",
    "R3Generator",
    "ResUNet",
    "RestorationNetwork",
    "SRGANDiscriminator",
    "SRResNet",
    "UNetGenerator",
    "VGG19Features",
    "interpolated",
]
